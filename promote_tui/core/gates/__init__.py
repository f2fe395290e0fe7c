"""What has to hold before a promotion, one decision for each gate."""
