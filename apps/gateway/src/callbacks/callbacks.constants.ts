/** Where backends that took over a job (HTTP 202) bring its answer. The token is their authority. */
export const CALLBACK_PATH = '/callbacks/:token';
/** The same for a job that failed. */
export const CALLBACK_FAILURE_PATH = '/callbacks/:token/failure';

/** As for arguments and results: it travels inside an event, whose limit is NATS's 1 MB. */
export const CALLBACK_BODY_LIMIT = 256 * 1024;

/** Deeper data could exhaust the stack of whoever walks through it. */
export const MAX_CALLBACK_DEPTH = 64;

/** Callbacks in work at a time: with their bodies, 64 MB at most. */
export const MAX_CALLBACKS_AT_A_TIME = 256;

/** Of them with one token: a backend sends one, and perhaps a repeat before the answer to it. */
export const MAX_CALLBACKS_OF_ONE = 4;

/** As far as the clocks of gateways and workers may be apart. */
export const CLOCK_SKEW_MS = 120_000;

/** A body of 256 KB needs 200 kbit/s. Who is slower gives its place up. */
export const CALLBACK_BODY_MS = 10_000;
