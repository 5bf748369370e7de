local inputs = import 'inputs.json';
local argocd = inputs.platform.argocd;
local namespace = inputs.name + '-' + inputs.environment;
local server = std.get(argocd.clusters, inputs.environment, argocd.cluster);

[
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: namespace, namespace: argocd.namespace },
    spec: {
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
      destinations: [{ namespace: namespace, server: server }],
      sourceRepos: [argocd.repository],
    },
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name: namespace,
      namespace: argocd.namespace,
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      labels: {
        'golden-path/environment': inputs.environment,
        'golden-path/service': inputs.name,
        'golden-path/team': inputs.team,
      },
    },
    spec: {
      destination: { namespace: namespace, server: server },
      project: namespace,
      source: {
        path: 'services/%s/%s' % [inputs.name, inputs.environment],
        repoURL: argocd.repository,
        targetRevision: argocd.revision,
      },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['ServerSideApply=true', 'PruneLast=true'],
      },
    },
  },
]
