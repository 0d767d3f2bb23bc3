import { Catch } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Lets the error of an `@EventPattern` handler reach the transport as it is. Without it Nest turns every error into
 * `RpcException('Internal server error')`, and settling could not tell poison from an outage. Provide it with `APP_FILTER`
 * in an app whose microservice is connected with `inheritAppConfig: true`.
 */
@Catch()
export class RpcPassThroughFilter implements RpcExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
