"""What funders' rules say: the rule language, the vocabulary and the catalogue. Rules are data, cited and dated."""
