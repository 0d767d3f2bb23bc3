/** 0: all done, and as it should be; 1: something of it was not done, or is not as it should be; 2: it could not be tried. */
export const CliExitCodes = { Done: 0, Failed: 1, Unusable: 2 } as const;
