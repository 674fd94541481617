"""All words of the app, one module per audience; pages hold none of their own."""
