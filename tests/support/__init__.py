"""What tests share: fakes, values, drivers."""
