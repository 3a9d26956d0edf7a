"""The mixing process: a few people's voices in, one mix out to everybody in the room.

It knows no Django and no database. The web process tells it over a line (line.py) who may be heard (desk.py);
browsers send it nothing but sound. Each room is mixed once and encoded once for all who only listen (mixing.py).
"""
