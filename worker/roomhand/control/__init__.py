"""The control plane: keeps rooms as they are wanted."""
