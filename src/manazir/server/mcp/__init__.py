"""`/mcp`: the service for assistants, by the Model Context Protocol over streamable HTTP."""
