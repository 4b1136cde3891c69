"""In which language, by which habits and in whose day somebody is told something."""
