"""Tests of widgets, without a program around them."""
