"""The doors to the disk: strict YAML with the place of every value, and the one file that knows openpyxl."""
