local inputs = import 'inputs.json';
local isAmbient = inputs.platform.mesh == 'ambient';
local namespace = inputs.name + '-' + inputs.environment;
local selected = { 'app.kubernetes.io/name': inputs.name };
local named(name) = {
  name: name,
  namespace: namespace,
  labels: selected {
    'golden-path/environment': inputs.environment,
    'golden-path/team': inputs.team,
  },
};
local inNamespace(label, value) = { namespaceSelector: { matchLabels: { [label]: value } } };
local tcp(port) = { port: port, protocol: 'TCP' };
local probe(period) = { httpGet: { path: inputs.health_path, port: 'http' }, periodSeconds: period };

[
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        [if isAmbient then 'istio.io/dataplane-mode' else 'istio-injection']:
          if isAmbient then 'ambient' else 'enabled',
        'pod-security.kubernetes.io/enforce': inputs.platform.pod_security,
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/audit': 'restricted',
      },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: named(inputs.name),
    spec: {
      replicas: if std.member(inputs.platform.production, inputs.environment) then 2 else 1,
      selector: { matchLabels: selected },
      template: {
        metadata: { labels: selected { 'golden-path/team': inputs.team } },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          containers: [{
            name: inputs.name,
            image: inputs.image,
            ports: [
              { name: 'http', containerPort: inputs.port },
              { name: 'http-metrics', containerPort: inputs.metrics_port },
            ],
            startupProbe: probe(2) { failureThreshold: 30 },
            readinessProbe: probe(5),
            livenessProbe: probe(10) { failureThreshold: 6 },
            resources: {
              requests: { cpu: '100m', memory: '256Mi' },
              limits: { cpu: '200m', memory: '256Mi' },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'] },
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
              runAsUser: 65532,
              runAsGroup: 65532,
              seccompProfile: { type: 'RuntimeDefault' },
            },
          }],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: named(inputs.name),
    spec: {
      selector: selected,
      ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'http' }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: named(inputs.name),
    // It selects every pod, so what it does not name is closed.
    spec: {
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [if isAmbient then inNamespace('istio.io/dataplane-mode', 'ambient')
                 else inNamespace('istio-injection', 'enabled')],
          ports: [tcp(15008)] + (if isAmbient then [] else [tcp(inputs.port)]),
        },
        {
          from: [inNamespace('kubernetes.io/metadata.name', inputs.platform.prometheus_namespace)],
          ports: [tcp(if isAmbient then inputs.metrics_port else 15020)],
        },
      ] + (if isAmbient then [{
        // Probes of the kubelet come from this address in an ambient mesh.
        from: [{ ipBlock: { cidr: '169.254.7.127/32' } }],
        ports: [tcp(inputs.port)],
      }] else []),
      egress: [{
        to: [inNamespace('kubernetes.io/metadata.name', 'kube-system')
             { podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } } }],
        ports: [tcp(53), tcp(53) { protocol: 'UDP' }],
      }] + (if isAmbient then [] else [{
        to: [inNamespace('kubernetes.io/metadata.name', inputs.platform.istio_namespace)
             { podSelector: { matchLabels: { app: 'istiod' } } }],
        ports: [tcp(15012)],
      }]),
    },
  },
]
