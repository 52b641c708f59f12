"""Real records as integer codes; nothing after the noise can import this room."""
