/** Logs, metrics, dashboards. What a log says is `read`, with any content. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const observability: Fields = {
  DnsQueryLog: fields({
    read: `
      answers cnameChain deploymentId deploymentInstanceId qname qtype queriedAt queryZone rcode serviceId`,
  }),
  HttpDurationMetricsResult: fields({
    read: 'samples',
  }),
  HttpDurationMetricsSample: fields({
    read: 'p50 p90 p95 p99 ts',
  }),
  HttpLog: fields({
    read: `
      clientUa deploymentId deploymentInstanceId downstreamProto edgeRegion host httpStatus method path
      requestId responseDetails rxBytes srcIp timestamp totalDuration txBytes upstreamAddress upstreamErrors
      upstreamProto upstreamRqDuration`,
  }),
  HttpMetricsByStatusResult: fields({
    read: 'samples statusCode',
  }),
  HttpMetricsResult: fields({
    read: 'samples',
  }),
  HttpMetricsSample: fields({
    read: 'ts value',
  }),
  Log: fields({
    read: 'attributes message severity tags timestamp',
  }),
  LogAttribute: fields({
    read: 'key value',
  }),
  LogTags: fields({
    read: 'deploymentId deploymentInstanceId environmentId pluginId projectId serviceId snapshotId',
  }),
  Metric: fields({
    read: 'ts value',
  }),
  MetricTags: fields({
    read: `
      deploymentId deploymentInstanceId environmentId pluginId projectId region serviceId volumeId
      volumeInstanceId`,
  }),
  MetricsResult: fields({
    read: 'measurement tags values',
  }),
  MonitorThresholdConfig: fields({
    read: 'condition measurement threshold type',
  }),
  NetworkFlowLog: fields({
    read: `
      byteCount captureEnd captureStart deploymentId deploymentInstanceId direction dropCause dstAddr dstPort
      flowId flowState l4LatencyMs l4Protocol packetCount peerKind peerServiceId serviceId srcAddr srcPort`,
  }),
  ObservabilityDashboard: fields({
    read: 'id items',
  }),
  ObservabilityDashboardAlert: fields({
    read: 'createdAt id resolvedAt resourceId resourceType status',
  }),
  ObservabilityDashboardItem: fields({
    read: 'config description id monitors name type',
  }),
  ObservabilityDashboardItemConfig: fields({
    read: 'httpMetric logsFilter measurements projectUsageProperties resourceIds',
  }),
  ObservabilityDashboardItemInstance: fields({
    read: 'dashboardItem displayConfig id',
  }),
  ObservabilityDashboardMonitor: fields({
    read: 'alerts config createdAt id updatedAt',
  }),
};
