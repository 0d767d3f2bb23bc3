import { connect } from 'node:net';
import { join } from 'node:path';
import type { Memory, ProbeAsk } from './probe.types.js';

/** Arguments of node that put the probe into a process. @param directory short enough for a socket's path (100 bytes) */
export function probeArguments(directory: string, role: string): readonly string[] {
  const probe = new URL('./memory-probe.js', import.meta.url);
  probe.search = new URLSearchParams({ directory, role }).toString();
  return ['--import', probe.href];
}

/** @throws Error when the process does not answer */
export async function memoryOf(directory: string, role: string, ask: ProbeAsk = {}): Promise<Memory> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(join(directory, `${role}.sock`));
    let received = '';
    socket.on('data', (data) => {
      received += data.toString('utf8');
    });
    socket.on('error', reject);
    socket.on('end', () => resolve(received));
    socket.write(JSON.stringify(ask));
  });
  const answer = JSON.parse(text) as Memory | { readonly failure: string };
  if ('failure' in answer) throw new Error(`The memory of ${role} cannot be told: ${answer.failure}`);
  return answer;
}
