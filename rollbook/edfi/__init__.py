"""The Ed-Fi Data Standard 5.2 as facts: its resources, and what each property is in the record.

The dialect serves documents by these declarations, and the connectors take documents in by the same ones.
"""
