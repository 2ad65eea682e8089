"""What may be sent (``...In``, ``...Patch``, ``...Query``) and what is answered (``...Out``), one module per noun."""
