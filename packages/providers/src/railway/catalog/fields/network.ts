/** Domains, certificates, proxies, networks, addresses, the edge. */
import { type Fields, fields } from '../fields.ts';

/** Type -> field -> review. */
export const network: Fields = {
  AllDomains: fields({
    read: 'customDomains serviceDomains',
  }),
  CertificatePublicData: fields({
    read: 'domainNames expiresAt fingerprintSha256 issuedAt keyType',
  }),
  CnameCheck: fields({
    read: 'link message status',
  }),
  CustomDomain: fields({
    read: `
      cdnMode cnameCheck createdAt deletedAt domain edgeId environmentId id isRailwayDomain projectId serviceId
      status syncStatus targetPort updatedAt`,
  }),
  CustomDomainStatus: fields({
    read: `
      cdnProvider certificateErrorMessage certificateErrorType certificateRetryable certificateStatus
      certificateStatusDetailed certificates dnsRecords verificationDnsHost verificationToken verified`,
  }),
  DNSRecords: fields({
    read: 'currentValue fqdn hostlabel purpose recordType requiredValue status zone',
  }),
  Domain: fields({
    read: `
      cdnMode createdAt deletedAt domain edgeId environmentId id projectId serviceId targetPort updatedAt`,
  }),
  DomainAvailable: fields({
    read: 'available message',
  }),
  DomainWithStatus: fields({
    read: `
      cdnProvider certificateErrorMessage certificateErrorType certificateRetryable certificateStatus
      certificateStatusDetailed certificates dnsRecords domain`,
  }),
  EdgeCachingConfig: fields({
    read: 'defaultTtlSeconds htmlCaching mode purgeOnDeploy staleWhileRevalidate',
  }),
  EdgeConfig: fields({
    read: 'caching enabled id purgeEpoch purgeEpochByKind underAttackModeUntil',
    reveal: 'edgeRules overrides',
  }),
  EdgeRuleDiagnostic: fields({
    read: 'code message path',
  }),
  EgressGateway: fields({
    read: 'ipv4 region zone',
  }),
  EgressMigrationEnvironmentResult: fields({
    read: 'environmentId environmentName error gateways success',
  }),
  EgressMigrationResult: fields({
    read: 'environments ips',
  }),
  PrivateNetwork: fields({
    read: 'createdAt deletedAt dnsName environmentId name networkId projectId publicId tags',
  }),
  PrivateNetworkEndpoint: fields({
    read: 'createdAt deletedAt dnsName newDnsName privateIps publicId serviceInstanceId syncStatus tags',
  }),
  ServiceDomain: fields({
    read: `
      cdnMode createdAt deletedAt domain edgeId environmentId id newDomainName newHostLabel projectId serviceId
      suffix syncStatus targetPort updatedAt`,
  }),
  StaleWhileRevalidateConfig: fields({
    read: 'enabled',
  }),
  TCPProxy: fields({
    read: `
      applicationPort createdAt deletedAt domain environmentId id proxyPort serviceId syncStatus updatedAt`,
  }),
};
