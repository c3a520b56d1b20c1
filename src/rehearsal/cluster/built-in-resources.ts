/**
 * The resources that every cluster serves, one line each: `group/version plural Kind`, then `cluster` for those
 * outside namespaces, and its subresources. From `kubectl api-resources` of Kubernetes 1.35.
 */
export const BUILT_IN_RESOURCES = `
v1 namespaces Namespace cluster status finalize
v1 nodes Node cluster status proxy
v1 persistentvolumes PersistentVolume cluster status
v1 persistentvolumeclaims PersistentVolumeClaim status
v1 pods Pod status log exec proxy eviction binding
v1 podtemplates PodTemplate
v1 replicationcontrollers ReplicationController status scale
v1 services Service status proxy
v1 endpoints Endpoints
v1 configmaps ConfigMap
v1 secrets Secret
v1 serviceaccounts ServiceAccount token
v1 events Event
v1 limitranges LimitRange
v1 resourcequotas ResourceQuota status
apps/v1 deployments Deployment status scale
apps/v1 replicasets ReplicaSet status scale
apps/v1 statefulsets StatefulSet status scale
apps/v1 daemonsets DaemonSet status
apps/v1 controllerrevisions ControllerRevision
batch/v1 jobs Job status
batch/v1 cronjobs CronJob status
autoscaling/v2 horizontalpodautoscalers HorizontalPodAutoscaler status
autoscaling/v1 horizontalpodautoscalers HorizontalPodAutoscaler status
policy/v1 poddisruptionbudgets PodDisruptionBudget status
discovery.k8s.io/v1 endpointslices EndpointSlice
networking.k8s.io/v1 ingresses Ingress status
networking.k8s.io/v1 ingressclasses IngressClass cluster
networking.k8s.io/v1 networkpolicies NetworkPolicy
networking.k8s.io/v1 ipaddresses IPAddress cluster
networking.k8s.io/v1 servicecidrs ServiceCIDR cluster status
storage.k8s.io/v1 storageclasses StorageClass cluster
storage.k8s.io/v1 csidrivers CSIDriver cluster
storage.k8s.io/v1 csinodes CSINode cluster
storage.k8s.io/v1 csistoragecapacities CSIStorageCapacity
storage.k8s.io/v1 volumeattachments VolumeAttachment cluster status
storage.k8s.io/v1 volumeattributesclasses VolumeAttributesClass cluster
rbac.authorization.k8s.io/v1 roles Role
rbac.authorization.k8s.io/v1 rolebindings RoleBinding
rbac.authorization.k8s.io/v1 clusterroles ClusterRole cluster
rbac.authorization.k8s.io/v1 clusterrolebindings ClusterRoleBinding cluster
scheduling.k8s.io/v1 priorityclasses PriorityClass cluster
coordination.k8s.io/v1 leases Lease
node.k8s.io/v1 runtimeclasses RuntimeClass cluster
certificates.k8s.io/v1 certificatesigningrequests CertificateSigningRequest cluster status
flowcontrol.apiserver.k8s.io/v1 flowschemas FlowSchema cluster status
flowcontrol.apiserver.k8s.io/v1 prioritylevelconfigurations PriorityLevelConfiguration cluster status
admissionregistration.k8s.io/v1 mutatingwebhookconfigurations MutatingWebhookConfiguration cluster
admissionregistration.k8s.io/v1 validatingwebhookconfigurations ValidatingWebhookConfiguration cluster
admissionregistration.k8s.io/v1 validatingadmissionpolicies ValidatingAdmissionPolicy cluster status
admissionregistration.k8s.io/v1 validatingadmissionpolicybindings ValidatingAdmissionPolicyBinding cluster
apiextensions.k8s.io/v1 customresourcedefinitions CustomResourceDefinition cluster status
apiregistration.k8s.io/v1 apiservices APIService cluster status
`;
