"""How a worded note looks on each kind of channel. Pure: a `said.Note` in, a `model.Message` out."""
