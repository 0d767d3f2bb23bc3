/** Nobody catches it: the process ends with the error, and is started again, with other settings perhaps. */
export function endProcess(failure: Error): void {
  setImmediate(() => {
    throw failure;
  });
}
