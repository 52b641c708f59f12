"""Tables, columns and their public domains, links, rules and who is protected.

`load_schema` reads the schema file; `schema.layout.layout_of` shows it as the model sees it;
`schema.coding` turns cells of text into the numbers of states. Nothing here keeps a record.

Privacy:
    Reads no record: a domain is never learnt from data. `coding` turns given cells into codes.
"""

from synthcase.schema.loading import load_schema

__all__ = ["load_schema"]
