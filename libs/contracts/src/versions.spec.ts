import { describe, expect, it } from '@jest/globals';
import { IsIn, IsInt, IsOptional, IsString, Length } from 'class-validator';
import { isContractError, isUnknownVersion } from './contract-errors.js';
import {
  AnnouncementRequested,
  CallEnded,
  CallStatusChanged,
  CancelRequested,
  ToolCallCalledBack,
  ToolCallFinished,
  ToolCallHandedOver,
  ToolCallProgressed,
  ToolCallRestarted,
  UtteranceUndelivered,
} from './events/call-events.js';
import { FloorChanged } from './events/floor-changed.js';
import { ToolCallRequested } from './events/tool-call-requested.js';
import { UtteranceBatch } from './events/utterance-records.js';
import { OpenWords } from './open-words.decorator.js';
import { EventTypes, versionInType, writtenData } from './outgoing-events.js';
import type { EventType } from './outgoing-events.js';
import { parse, parseThoroughly } from './parse.js';
import { Version, versionOf } from './versions.js';

/** The same event in three releases: version 2 says in minutes what version 1 said in milliseconds. */
class ParcelV1 {
  @IsString() @Length(1, 20) id!: string;
  @IsInt() lateMs!: number;
}
class ParcelV2 {
  @IsString() @Length(1, 20) id!: string;
  @IsInt() lateMinutes!: number;
}
const MINUTE = 60_000;
const up = ({ lateMs, ...rest }: Readonly<Record<string, unknown>>) => ({
  ...rest,
  lateMinutes: Number(lateMs) / MINUTE,
});
const down = ({ lateMinutes, ...rest }: Readonly<Record<string, unknown>>) => ({
  ...rest,
  lateMs: Number(lateMinutes) * MINUTE,
});

/** Knows nothing of version 2. */
@Version(1)
class OldParcel extends ParcelV1 {}
/** Reads version 2 and writes version 1: the release between. */
@Version(1, { 2: down })
class ReadyParcel extends ParcelV1 {}
/** Writes version 2. */
@Version(2, { 1: up })
class NewParcel extends ParcelV2 {}

const v1 = { id: 'p', lateMs: 3 * MINUTE };
const v2 = { id: 'p', lateMinutes: 3, schemaVersion: 2 };

function refusalOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('It was read.');
}

describe('an event of two versions', () => {
  it('is read in either by the releases that know both', () => {
    expect(parse(ReadyParcel, v1)).toEqual({ id: 'p', lateMs: 3 * MINUTE });
    expect(parse(ReadyParcel, v2)).toEqual({ id: 'p', lateMs: 3 * MINUTE });
    expect(parse(NewParcel, v1)).toEqual({ id: 'p', lateMinutes: 3 });
    expect(parse(NewParcel, v2)).toEqual({ id: 'p', lateMinutes: 3 });
  });

  it('is no poison for one that knows the older: it comes again, for another reader', () => {
    expect(parse(OldParcel, v1)).toEqual({ id: 'p', lateMs: 3 * MINUTE });
    const refusal = refusalOf(() => parse(OldParcel, v2));
    expect(isUnknownVersion(refusal)).toBe(true);
    // Those who cannot wait treat it as what does not fit.
    expect(isContractError(refusal)).toBe(true);
    expect(refusal).toMatchObject({ code: 'unknown-version', retryable: true, version: 2 });
    expect((refusal as Error).message).toContain('is version 2, this release reads 1: a newer one wrote it');
  });

  it('is not read by guess because it happens to fit', () => {
    expect(isUnknownVersion(refusalOf(() => parse(OldParcel, { ...v1, schemaVersion: 3 })))).toBe(true);
    expect(isUnknownVersion(refusalOf(() => parse(NewParcel, { ...v2, schemaVersion: 3 })))).toBe(true);
  });

  it.each(['2', 0, -1, 1.5, {}, true])('is poison when its version is %p', (schemaVersion) => {
    const refusal = refusalOf(() => parse(OldParcel, { ...v1, schemaVersion }));
    expect([isContractError(refusal), isUnknownVersion(refusal)]).toEqual([true, false]);
  });

  it('is checked as any other after it was turned into the own version', () => {
    expect(refusalOf(() => parse(NewParcel, { id: 'p' }))).toMatchObject({ problems: [{ field: 'lateMinutes' }] });
  });

  it('tells nothing of the data when it cannot be turned', () => {
    @Version(2, {
      1: (data) => {
        throw new TypeError(`private ${JSON.stringify(data)}`);
      },
    })
    class Broken extends ParcelV2 {}
    const refusal = refusalOf(() => parse(Broken, v1)) as Error;
    expect(isContractError(refusal)).toBe(true);
    expect(JSON.stringify([refusal.message, (refusal.cause as Error).message])).not.toContain('private');
  });

  it('is left alone where versions are not ours: a tool may have an argument of that name', () => {
    class Arguments {
      @IsInt() schemaVersion!: number;
    }
    expect(parse(Arguments, { schemaVersion: 7 })).toEqual({ schemaVersion: 7 });
  });
});

describe('the versions of our events', () => {
  const contracts: Readonly<Record<EventType, new () => object>> = {
    [EventTypes.ToolCall]: ToolCallRequested,
    [EventTypes.Status]: CallStatusChanged,
    [EventTypes.Ended]: CallEnded,
    [EventTypes.Progress]: ToolCallProgressed,
    [EventTypes.Result]: ToolCallFinished,
    [EventTypes.Announcement]: AnnouncementRequested,
    [EventTypes.CancelRequested]: CancelRequested,
    [EventTypes.Undelivered]: UtteranceUndelivered,
    [EventTypes.HandedOver]: ToolCallHandedOver,
    [EventTypes.CalledBack]: ToolCallCalledBack,
    [EventTypes.Restarted]: ToolCallRestarted,
    [EventTypes.Floor]: FloorChanged,
    [EventTypes.Utterances]: UtteranceBatch,
  };

  it.each(Object.entries(contracts))('%s: class and CloudEvents type say the same', (type, contract) => {
    expect(versionOf(contract)).toBe(versionInType(type));
  });

  it('are written from the second on', () => {
    const data = { callId: 'c' };
    expect(writtenData(EventTypes.Ended, data)).toBe(data);
    expect(writtenData('interject.call.ended.v2', data)).toEqual({ callId: 'c', schemaVersion: 2 });
  });
});

describe('a word of a list that may grow', () => {
  class Notice {
    @OpenWords(['rain', 'snow', 'other'], 'other') weather!: string;
    @IsOptional() @OpenWords(['mild'], 'unknown') wind?: string;
    @IsIn(['day', 'night']) half!: string;
  }

  it.each([parse, parseThoroughly])('is read as the one that stands for all others', (read) => {
    expect(read(Notice, { weather: 'snow', half: 'day' })).toEqual({ weather: 'snow', half: 'day' });
    expect(read(Notice, { weather: 'hail', wind: 'gale', half: 'day' })).toEqual({
      weather: 'other',
      wind: 'unknown',
      half: 'day',
    });
    expect(read(Notice, { weather: 'rain', wind: null, half: 'day' })).toEqual({ weather: 'rain', half: 'day' });
  });

  it.each([parse, parseThoroughly])('is a word all the same, and where it decides it has to be known', (read) => {
    for (const bad of [{ weather: 5 }, { weather: ['rain'] }, {}, { weather: 'rain', half: 'dusk' }]) {
      expect(isContractError(refusalOf(() => read(Notice, { half: 'day', ...bad })))).toBe(true);
    }
  });

  it('is kept for reasons and states that are told to people', () => {
    const undelivered = { callId: 'c', utteranceId: 'u', reason: 'caller-asleep', text: 'x', at: 1 };
    expect(parse(UtteranceUndelivered, undelivered)).toMatchObject({ reason: 'other' });
    expect(parse(CallStatusChanged, { callId: 'c', status: 'parked', at: 1 })).toMatchObject({ status: 'unknown' });
  });
});
