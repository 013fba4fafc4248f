/**
 * Imported for what it does: Node cuts small buffers out of shared pieces of 64 KiB, and one that is kept keeps its whole piece.
 * Each connection keeps a few (the greeting of its server, what its encryption goes on with), so that it held 38 KiB more than it
 * uses. Pieces of 8 KiB cost nothing that can be measured.
 */
Buffer.poolSize = 8_192;
