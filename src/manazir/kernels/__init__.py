"""Operations that are computed in several ways: one a file, each with a plain reference."""
