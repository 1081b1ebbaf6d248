export { CustomerOrderRecord } from './customer-order.ts';
export { CustomerRecord } from './customer.ts';
export { forecastId } from './forecast.ts';
export { ForecastReport, OverrideForecast, WithdrawForecast } from './messages.ts';
