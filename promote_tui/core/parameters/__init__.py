"""What a deploy is given: its parameters and its environment, and how they compare with the stage before."""
