"""Where records are kept: tables derived from the model, one history per district, and questions turned into SQL."""
