import { spawnSync } from 'node:child_process';

let isSupported: boolean | undefined;

/**
 * What to put before a command line so that the process gets a signal when its parent dies, be it by SIGKILL. Linux can
 * do that (prctl PR_SET_PDEATHSIG survives exec, so the command line stays the plain one); elsewhere it is nothing.
 */
export function dieWithParent(signal: 'SIGTERM' | 'SIGKILL'): readonly string[] {
  isSupported ??= canSetDeathSignal();
  return isSupported ? ['setpriv', '--pdeathsig', signal.slice('SIG'.length)] : [];
}

function canSetDeathSignal(): boolean {
  if (process.platform !== 'linux') return false;
  // BusyBox has a setpriv without this option.
  return spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
}
