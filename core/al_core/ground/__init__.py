"""What every other room stands on: errors, text, files, names, numbers. Imports nothing of ours."""
