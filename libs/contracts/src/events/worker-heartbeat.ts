import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsString, Length, Matches, Min, ValidateNested } from 'class-validator';
import { TOOL_NAME } from '../subjects.js';
import { Version } from '../versions.js';

/** How often a replica of a worker says that it lives. */
export const HEARTBEAT_MS = 3000;
/** Two heartbeats and a half missed: nobody counts on the replica any more. */
export const HEARTBEAT_LATE_MS = 2.5 * HEARTBEAT_MS;
/** A tool without any live replica for longer than this is answered with an error; a restart is shorter. */
export const WORKER_PATIENCE_MS = 15_000;

/** One tool of a live replica. */
export class LiveTool {
  @Matches(TOOL_NAME) name!: string;
  /** Version of the definition this replica runs. */
  @IsString() @Length(1, 100) version!: string;
}

/**
 * Entry `workers/<replica>`, as JSON: a replica of a worker lives. Written every {@link HEARTBEAT_MS}, deleted at a clean
 * stop. Readers age it by their own clock from its arrival: clocks differ, and expiry in KV tells nobody on nats-server 2.9.
 */
@Version(1)
export class WorkerHeartbeat {
  /** Name of the worker app. */
  @IsString() @Length(1, 100) worker!: string;
  /** Stands for this process; fits a KV key. */
  @Matches(/^[a-z0-9-]{1,64}$/) replica!: string;
  @IsArray() @ArrayMaxSize(1000) @ValidateNested({ each: true }) @Type(() => LiveTool) tools!: LiveTool[];
  /** When the process started. */
  @IsInt() @Min(0) startedAt!: number;
}
