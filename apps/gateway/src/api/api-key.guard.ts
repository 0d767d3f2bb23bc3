import { HttpException, Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GatewayConfig } from '../gateway.config.js';
import { accessProblem } from './api-access.js';

/** Lets in backend services that know `INTERJECT_API_KEY`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(@Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const problem = accessProblem(this.config, authorization);
    if (problem === undefined) return true;
    const { status, error, message } = problem;
    throw new HttpException({ message, error, statusCode: status }, status);
  }
}
