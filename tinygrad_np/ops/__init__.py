"""Operations: each a forward on arrays, and beside it its backward rules."""
