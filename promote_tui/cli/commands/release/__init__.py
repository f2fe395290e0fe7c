"""`release`: several services that go into a stage as one."""
