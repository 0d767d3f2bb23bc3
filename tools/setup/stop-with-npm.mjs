const LOOK_EVERY_MS = 1_000;

/**
 * Stops this process in order when the npm that started it is gone: one that is killed passes no signal on, and a system
 * that nobody knows of would go on answering on its ports. (The scripts say `exec`, so that npm is our parent and its
 * SIGTERM reaches us, not a shell between.)
 */
export function stopWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
