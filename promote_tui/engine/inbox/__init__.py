"""The inbox: gathers what waits for the person at the keyboard, a few services at a time."""
