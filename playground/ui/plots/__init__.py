"""Parts of pictures, of which views are made. They know no Frame."""
