"""What `google-genai` and the Vercel AI SDK's Google provider speak: Veo by operations, Interactions, files, models.

Facts of the wire were read from google-genai 2.34.0 and 3.4.0 and from @ai-sdk/google 3.0.141.
"""
