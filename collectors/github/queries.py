"""What is asked of GitHub's GraphQL API, where one query saves a request per item.

https://docs.github.com/en/graphql/reference/objects (no versions; read November 2026). Nested lists are kept
short, since GitHub ends a query after ten seconds; the few longer ones are asked for by REST.
"""

PULL_REQUESTS = """
query($owner: String!, $name: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number url isDraft createdAt updatedAt mergedAt closedAt
        mergeCommit { oid }
        author { __typename login }
        commits(first: 50) {
          pageInfo { hasNextPage }
          nodes { commit { authoredDate committedDate } }
        }
        reviews(first: 50) {
          pageInfo { hasNextPage }
          nodes { submittedAt author { __typename login } }
        }
        timelineItems(first: 50, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT]) {
          nodes {
            __typename
            ... on ReadyForReviewEvent { createdAt }
            ... on ConvertToDraftEvent { createdAt }
          }
        }
      }
    }
  }
}
"""
_DEPLOYMENT = """
fragment kept on Deployment {
  id databaseId environment task commitOid createdAt updatedAt
  statuses(first: 50) { nodes { state createdAt logUrl } }
}
"""
DEPLOYMENTS = f"""
query($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    deployments(first: $first, after: $after, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ ...kept }}
    }}
  }}
}}
{_DEPLOYMENT}"""
ONE_DEPLOYMENT = f"query($id: ID!) {{ node(id: $id) {{ ...kept }} }}{_DEPLOYMENT}"
TEAMS = """
query($org: String!, $first: Int!, $after: String) {
  organization(login: $org) {
    teams(first: $first, after: $after, orderBy: {field: NAME, direction: ASC}) {
      pageInfo { hasNextPage endCursor }
      nodes { slug name parentTeam { slug } members(membership: IMMEDIATE) { totalCount } }
    }
  }
}
"""
