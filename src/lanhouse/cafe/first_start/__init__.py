"""From an empty centre to the first paid hour: four steps, and what is still to be done after."""
