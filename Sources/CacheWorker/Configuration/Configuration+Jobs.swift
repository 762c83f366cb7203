import Jobs

extension Configuration {
    /// What holds for jobs that fail, take too long or come twice.
    var jobPolicies: JobPolicies {
        let kinds = Job.Kind.allCases.map { kind in
            let policy = JobPolicy(
                retries: RetryPolicy(
                    maxAttempts: jobMaxAttempts[kind],
                    base: jobRetryBase[kind],
                    cap: jobRetryCap[kind],
                    deadline: jobRetryDeadline[kind]
                ),
                timeout: jobTimeout[kind],
                deduplicationWindow: jobDeduplication[kind]
            )
            return (kind, policy)
        }
        return JobPolicies(JobPolicy(), except: Dictionary(uniqueKeysWithValues: kinds))
    }
}
