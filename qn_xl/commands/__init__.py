"""The commands of `qn-xl`, one module for each kind of use."""
