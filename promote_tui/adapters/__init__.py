"""The adapters: one outside thing each, behind one port each."""
