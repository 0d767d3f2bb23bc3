import { ForbiddenException, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { secretsEqual } from '../webhook/shared-secret.js';

const BEARER = /^Bearer +(\S+)$/i;

/** Lets in backend services that know `INTERJECT_API_KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.config.apiKey === undefined) {
      throw new ForbiddenException('This API is closed: set INTERJECT_API_KEY on the gateway to open it.');
    }
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const given = BEARER.exec(authorization ?? '')?.[1];
    if (given === undefined || !secretsEqual(given, this.config.apiKey)) {
      throw new UnauthorizedException("Send 'Authorization: Bearer <INTERJECT_API_KEY>'.");
    }
    return true;
  }
}
