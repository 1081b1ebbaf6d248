export {
  configureHttp,
  HTTP_SETTINGS,
  type HttpClient,
  HttpReplyTooLargeError,
  HttpUnreachableError,
  readText,
  type HttpReply,
  type HttpRequest,
} from './http-client.ts';
export { busyOrDown, retryAfterMs } from './unavailable.ts';
