"""CloudFormation: stacks, events, change sets and drift."""
