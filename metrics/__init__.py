import pandas as pd

# Frames here are small and their columns looked up all the time. With Arrow strings every look-up of a
# column would convert all names first, which is a third of the time of a figure.
pd.set_option("mode.string_storage", "python")
