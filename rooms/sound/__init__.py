"""How sound travels: the only place that knows. Django goes in through `rooms.sound.engine`."""
