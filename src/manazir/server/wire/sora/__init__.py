"""The API that OpenAI's clients speak: videos, files, models, images and webhook endpoints."""
