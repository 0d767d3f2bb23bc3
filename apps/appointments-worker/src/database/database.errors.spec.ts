import { describe, expect, it } from '@jest/globals';
import { DatabaseError, DatabaseErrorCodes, isDatabaseError, translateDatabaseError } from './database.errors.js';

function driverError(message: string, code?: string): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

describe('translateDatabaseError', () => {
  it.each([
    ['connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED'],
    ['terminating connection due to administrator command', '57P01'],
    ['the database system is starting up', '57P03'],
    ['canceling statement due to statement timeout', '57014'],
    ['deadlock detected', '40P01'],
    ['sorry, too many clients already', '53300'],
    ['Connection terminated unexpectedly', undefined],
    ['timeout exceeded when trying to connect', undefined],
    ['Client has encountered a connection error and is not queryable', undefined],
  ])('takes "%s" for an outage', (message, code) => {
    const cause = driverError(message, code);

    const error = translateDatabaseError(cause);

    expect(error).toMatchObject({ code: DatabaseErrorCodes.Unavailable, retryable: true, cause });
    expect(isDatabaseError(error)).toBe(true);
  });

  it('looks into what Node throws for a host with several addresses', () => {
    const cause = new AggregateError([driverError('connect ECONNREFUSED ::1:5432', 'ECONNREFUSED')]);

    expect(translateDatabaseError(cause)).toMatchObject({ code: DatabaseErrorCodes.Unavailable });
  });

  it.each(['22021', '23505', '28P01', '3D000', '42P01'])(
    'takes SQLSTATE %s for a refusal, without its text',
    (code) => {
      const error = translateDatabaseError(driverError('Key (caller_name)=(Ada) exists', code));

      expect(error).toMatchObject({
        code: DatabaseErrorCodes.Refused,
        retryable: false,
        message: `The database refused (SQLSTATE ${code}).`,
      });
    },
  );

  it('leaves alone what is not from the database', () => {
    const own = new DatabaseError(DatabaseErrorCodes.DirectoryInUse, 'In use.');
    for (const error of [own, new TypeError('a mistake'), driverError('aborted', 'ABORT_ERR'), 'a text', undefined]) {
      expect(translateDatabaseError(error)).toBe(error);
    }
  });
});
