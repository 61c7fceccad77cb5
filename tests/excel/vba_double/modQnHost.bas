Attribute VB_Name = "modQnHost"
Option Explicit

' Stands in for the module that needs Windows.

Public TestMessage As String
Public TestWarning As Boolean
Public TestFolder As String
Public TestFileText As String
Public TestPythonProblem As String
Public TestCalculated As Long
Public TestFilters As String
Public TestChoices As String
Public TestCharts As String

Public Sub QnHostMessage(ByVal text As String, ByVal title As String, ByVal warning As Boolean)
    TestMessage = title & "|" & text
    TestWarning = warning
End Sub

Public Function QnHostAsk(ByVal text As String, ByVal title As String) As Boolean
    QnHostAsk = True
End Function

Public Function QnHostPickFolder(ByVal title As String, ByVal start As String) As String
    QnHostPickFolder = TestFolder
End Function

Public Function QnHostFileExists(ByVal path As String) As Boolean
    QnHostFileExists = (Dir(path) <> "")
End Function

Public Function QnHostReadText(ByVal path As String) As String
    QnHostReadText = TestFileText
End Function

Public Sub QnHostPause(ByVal milliseconds As Long)
End Sub

Public Function QnHostPythonProblem(ByVal interpreter As String) As String
    QnHostPythonProblem = TestPythonProblem
End Function

Public Sub QnHostResizeTable(ByVal target As Worksheet, ByVal firstCell As String, ByVal rows As Long)
End Sub

Public Sub QnHostBegin()
End Sub

Public Sub QnHostEnd()
End Sub

Public Sub QnHostCopyLinks(ByVal origin As Worksheet, ByVal target As Worksheet)
End Sub

Public Sub QnHostFormatRows(ByVal target As Worksheet, ByVal first As Long, ByVal last As Long, ByVal columns As Long)
End Sub

Public Function QnHostTakeFilters(ByVal target As Worksheet, ByVal firstCell As String) As Variant
    TestFilters = TestFilters & target.CodeName & ">"
    QnHostTakeFilters = Array(target.CodeName)
End Function

Public Sub QnHostPutFilters(ByVal target As Worksheet, ByVal firstCell As String, ByVal kept As Variant)
    TestFilters = TestFilters & kept(0) & ";"
End Sub

Public Sub QnHostNoteLook(ByVal place As Range)
End Sub

Public Sub QnHostCopyLook(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal rows As Long)
End Sub

Public Sub QnHostCopyChoices(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal first As Long, ByVal last As Long, ByVal columns As Long)
    TestChoices = TestChoices & target.CodeName & ":" & CStr(first) & "-" & CStr(last) & ";"
End Sub

Public Sub QnHostCopyCharts(ByVal origin As Worksheet, ByVal target As Worksheet)
    TestCharts = TestCharts & target.CodeName & ";"
End Sub

Public Sub QnHostCalculate()
    TestCalculated = TestCalculated + 1
End Sub
