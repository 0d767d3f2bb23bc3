import { describe, expect, it } from '@jest/globals';
import { Unwinding } from './unwinding.js';

describe('Unwinding', () => {
  it('undoes the last thing first, once', async () => {
    const undone: string[] = [];
    const unwinding = new Unwinding();
    for (const name of ['server', 'service']) unwinding.add(async () => void undone.push(name));
    await Promise.all([unwinding.run(), unwinding.run()]);
    expect(undone).toEqual(['service', 'server']);
  });

  it('goes on after a failure, and reports it', async () => {
    const undone: string[] = [];
    const unwinding = new Unwinding();
    unwinding.add(async () => void undone.push('server'));
    unwinding.add(() => Promise.reject(new Error('stuck')));
    await expect(unwinding.run()).rejects.toThrow('stuck');
    expect(undone).toEqual(['server']);
  });

  it('leaves no signal handler behind', async () => {
    const before = process.listenerCount('SIGTERM');
    const unwinding = new Unwinding();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    await unwinding.run();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
