export { cloudEventsHttp } from './cloudevents-http.ts';
